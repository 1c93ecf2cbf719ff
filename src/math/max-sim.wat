(module
  (import "max_sim" "memory" (memory 1))
  ;; Sum over the query's tokens of the best dot product with any token of the document.
  ;; query: i16 [queryTokens x size], queryTokens a multiple of 4, rows of zeros add 0
  ;; document: i8 [documentTokens x size], size a multiple of 16
  (func (export "maxSim") (param $query i32) (param $queryTokens i32) (param $document i32) (param $documentTokens i32) (param $size i32) (result f64)
    (local $sum f64) (local $best v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $low v128) (local $high v128)
    (local $ab v128) (local $cd v128)
    (local $row i32) (local $at i32) (local $end i32) (local $token i32) (local $left i32) (local $q0 i32) (local $stride i32) (local $q i32)
    (local.set $stride (i32.shl (local.get $size) (i32.const 1)))
    (local.set $q0 (local.get $query))
    (local.set $left (local.get $queryTokens))
    (block $done
      (loop $queries
        (br_if $done (i32.le_s (local.get $left) (i32.const 0)))
        (local.set $best (i32x4.splat (i32.const -2147483648)))
        (local.set $at (local.get $document))
        (local.set $token (i32.const 0))
        (loop $tokens
          (local.set $a (v128.const i32x4 0 0 0 0))
          (local.set $b (v128.const i32x4 0 0 0 0))
          (local.set $c (v128.const i32x4 0 0 0 0))
          (local.set $d (v128.const i32x4 0 0 0 0))
          (local.set $end (i32.add (local.get $at) (local.get $size)))
          (local.set $q (local.get $q0))
          (loop $numbers
            (local.set $low (v128.load8x8_s (local.get $at)))
            (local.set $high (v128.load8x8_s offset=8 (local.get $at)))
            (local.set $row (local.get $q))
            (local.set $a (i32x4.add (local.get $a) (i32x4.add
              (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $row)))
              (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $row))))))
            (local.set $row (i32.add (local.get $row) (local.get $stride)))
            (local.set $b (i32x4.add (local.get $b) (i32x4.add
              (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $row)))
              (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $row))))))
            (local.set $row (i32.add (local.get $row) (local.get $stride)))
            (local.set $c (i32x4.add (local.get $c) (i32x4.add
              (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $row)))
              (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $row))))))
            (local.set $row (i32.add (local.get $row) (local.get $stride)))
            (local.set $d (i32x4.add (local.get $d) (i32x4.add
              (i32x4.dot_i16x8_s (local.get $low) (v128.load (local.get $row)))
              (i32x4.dot_i16x8_s (local.get $high) (v128.load offset=16 (local.get $row))))))
            (local.set $q (i32.add (local.get $q) (i32.const 32)))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br_if $numbers (i32.lt_u (local.get $at) (local.get $end))))
          ;; [a0 b0 a1 b1] + [a2 b2 a3 b3], the same for c and d, then [a b c d]
          (local.set $ab (i32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
            (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
          (local.set $cd (i32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
            (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
          (local.set $best (i32x4.max_s (local.get $best) (i32x4.add
            (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd))
            (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))))
          (local.set $token (i32.add (local.get $token) (i32.const 1)))
          (br_if $tokens (i32.lt_u (local.get $token) (local.get $documentTokens))))
        (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_s (i32x4.extract_lane 0 (local.get $best)))))
        (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_s (i32x4.extract_lane 1 (local.get $best)))))
        (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_s (i32x4.extract_lane 2 (local.get $best)))))
        (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_s (i32x4.extract_lane 3 (local.get $best)))))
        (local.set $q0 (i32.add (local.get $q0) (i32.shl (local.get $stride) (i32.const 2))))
        (local.set $left (i32.sub (local.get $left) (i32.const 4)))
        (br $queries)))
    (local.get $sum)))

import { Component, type ComponentType, h } from 'preact';

/** A component that is drawn again only when one of its properties is another one. */
export function memo<Props extends object>(inner: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before = this.props as Props;
      return Object.keys({ ...before, ...next }).some((key) => before[key as keyof Props] !== next[key as keyof Props]);
    }
    override render() {
      return h(inner, this.props as Props);
    }
  };
}

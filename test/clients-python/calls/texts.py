"""The third answers the question; the others share its words."""

QUERY = "How do bats find their way in the dark?"
DOCUMENTS = [
    "A baseball bat is made of ash or maple.",
    "The city keeps its street lamps dark to save money.",
    "Bats navigate by echolocation: they call and listen for the echo that comes back from walls and moths.",
    "The price of wheat rose again in spring.",
]
RIGHT = 2

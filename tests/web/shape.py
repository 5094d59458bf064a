"""From an image of MNIST to strokes of a pen over its shape.

The ink is thinned to lines of one pixel (Zhang and Suen, 1984), which are then followed
from end to end.
"""

AROUND = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
SCALE = 3


def strokes(image):
    """Strokes in the page's picture (280 pixels a side), for 784 grey levels."""
    lines = follow(thin(enlarged(image)))
    # A digit of 20 pixels fills 200 of the paper, in its middle.
    place = lambda y, x: (10 * (x + 0.5) / SCALE, 10 * (y + 0.5) / SCALE)  # noqa: E731
    return [smooth([place(*point) for point in line]) for line in lines]


def enlarged(image):
    """The inked pixels of the image, three times as large, by linear interpolation."""
    at = lambda y, x: image[28 * y + x] if 0 <= y < 28 and 0 <= x < 28 else 0  # noqa: E731
    inked = set()
    for i in range(28 * SCALE):
        for j in range(28 * SCALE):
            y, x = (i + 0.5) / SCALE - 0.5, (j + 0.5) / SCALE - 0.5
            top, left = int(y // 1), int(x // 1)
            v, u = y - top, x - left
            upper = at(top, left) * (1 - u) + at(top, left + 1) * u
            lower = at(top + 1, left) * (1 - u) + at(top + 1, left + 1) * u
            if upper * (1 - v) + lower * v > 110:
                inked.add((i, j))
    return inked


def thin(inked):
    inked = set(inked)
    while True:
        before = len(inked)
        for first in (True, False):
            gone = set()
            for y, x in inked:
                ring = [(y + dy, x + dx) in inked for dy, dx in AROUND]
                count = sum(ring)
                turns = sum(not a and b for a, b in zip(ring, ring[1:] + ring[:1]))
                north, east, south, west = ring[0], ring[2], ring[4], ring[6]
                corners = (north and east and south, east and south and west)
                if not first:
                    corners = (north and east and west, north and south and west)
                if 2 <= count <= 6 and turns == 1 and not any(corners):
                    gone.add((y, x))
            inked -= gone
        if len(inked) == before:
            return inked


def follow(line):
    """Paths that together go through all points, straight on where they can."""
    near = lambda p: [q for dy, dx in AROUND if (q := (p[0] + dy, p[1] + dx)) in line]  # noqa: E731
    left, paths = set(line), []
    while left:
        start = min(left, key=lambda p: (len([q for q in near(p) if q in left]) != 1, p))
        path, here = [start], start
        left.discard(start)
        # Joined to what was drawn before.
        joined = [q for q in near(start) if q not in left]
        if joined:
            path.insert(0, joined[0])
        while True:
            back = path[-6] if len(path) > 5 else path[0]
            way = (here[0] - back[0], here[1] - back[1])
            straight = lambda q: -((q[0] - here[0]) * way[0] + (q[1] - here[1]) * way[1])  # noqa: E731
            onward = [q for q in near(here) if q in left]
            if not onward:
                ends = [q for q in near(here) if q not in path[-4:]]
                if ends:
                    path.append(min(ends, key=straight))
                break
            here = min(onward, key=straight)
            path.append(here)
            left.discard(here)
            # What lies beside a step across a corner was seen too.
            for q in near(here):
                if q in left and len(path) > 2 and q in near(path[-2]) and len(near(q)) <= 3:
                    left.discard(q)
        paths.append(path)
    long = [path for path in paths if len(path) > 4]
    return long or paths


def smooth(path):
    """Each point the mean of itself and its neighbours, the ends kept."""
    if len(path) < 3:
        return path
    middle = [
        tuple((a[k] + b[k] + c[k]) / 3 for k in range(2)) for a, b, c in zip(path, path[1:], path[2:])
    ]
    return [path[0], *middle, path[-1]]

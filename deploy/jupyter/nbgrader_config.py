"""nbgrader's exchange, where the students fetch notebooks and hand them in."""

import os

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = os.environ.get("NBGRADER_COURSE", "mnist")
c.Exchange.root = os.environ.get("NBGRADER_EXCHANGE", "/srv/nbgrader/exchange")

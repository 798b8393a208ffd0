/// The assembled distribution as a real process, for tests: start, follow, ask, stop.
@NullMarked
package io.k3j.testkitprocess;

import org.jspecify.annotations.NullMarked;

/// Requests for tests of what answers on a port, without a port.
@NullMarked
package io.k3j.testkitedge;

import org.jspecify.annotations.NullMarked;

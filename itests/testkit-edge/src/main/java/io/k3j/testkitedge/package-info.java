/// Requests for tests of what answers on a port, without a port, and what everybody promises who does
/// ([io.k3j.testkitedge.EndpointContract]).
@NullMarked
package io.k3j.testkitedge;

import org.jspecify.annotations.NullMarked;

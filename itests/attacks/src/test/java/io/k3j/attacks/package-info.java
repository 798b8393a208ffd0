/// Attacks on a real node: from inside containers, on the kubelet's port, and with the node's own credentials.
@NullMarked
package io.k3j.attacks;

import org.jspecify.annotations.NullMarked;

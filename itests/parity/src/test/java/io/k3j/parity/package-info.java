/// Servers and agents that are refused, as processes at real datastores.
@NullMarked
package io.k3j.parity;

import org.jspecify.annotations.NullMarked;

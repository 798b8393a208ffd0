/// The ingress without the product around it, for measurements.
@NullMarked
package io.k3j.ingress;

import org.jspecify.annotations.NullMarked;

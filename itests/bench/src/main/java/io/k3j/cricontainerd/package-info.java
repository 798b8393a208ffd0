/// What the benchmarks ask a container runtime without the product in between.
@org.jspecify.annotations.NullMarked
package io.k3j.cricontainerd;

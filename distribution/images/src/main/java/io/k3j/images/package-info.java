/// Makes the container images of the distribution from what a build machine has: no Docker, no registry.
@NullMarked
package io.k3j.images;

import org.jspecify.annotations.NullMarked;

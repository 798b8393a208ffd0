/// Makes the container image of the distribution, without Docker and without a base image: a release with its Java, and
/// below it the programs of this machine that a node needs, with their shared libraries and licences. Beside it the one
/// that brings a release to a node which has another.
@NullMarked
package io.k3j.image;

import org.jspecify.annotations.NullMarked;

/// One kind's shape, from build-time `schema.bin` or a CRD, and everything that follows from it.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.schema;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/// Short programs of the host, run for a bounded time.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.childprocess;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

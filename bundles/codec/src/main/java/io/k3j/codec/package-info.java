/// Bytes to trees and back: JSON, YAML, protobuf.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.codec;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

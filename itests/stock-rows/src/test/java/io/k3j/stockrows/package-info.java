/// A database as stock K3s leaves it, made with the official protobuf messages, plain SQL and Jackson alone, is
/// served, changed, and read back in the same way: nothing of the product's codec is on this class path.
@NullMarked
package io.k3j.stockrows;

import org.jspecify.annotations.NullMarked;

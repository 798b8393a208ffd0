/// Makes `schema.bin` while building: the built-in types of Kubernetes, from the classes and protobuf
/// descriptors of the official Java client and from the facts neither of them has (`*.tsv` here: patch
/// and apply rules, Go's pointers and always-written fields, defaults, enums, missing messages).
///
/// `SchemaGen` → [ModelClasses] and [Messages] and [Overlay] → [Definitions] → [BinWriter]. Not shipped.
@NullMarked
package io.k3j.schemagen;

import org.jspecify.annotations.NullMarked;

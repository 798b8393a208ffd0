/// Kubernetes' CBOR form of objects: see "CBOR resource encoding" of Kubernetes API Concepts,
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#cbor-encoding>, and RFC 8949.
///
/// **Form.** One data item behind the tag 55799, whose three bytes tell it from JSON and protobuf. Texts are written as
/// text strings and read from text strings and byte strings; bytes (`data` of a Secret) are byte strings behind the tag
/// 22, which stand for their base 64. A watch is a sequence of such items (RFC 8742).
///
/// **Bounds.** 64 levels, as upstream. Time and memory follow the length of the bytes, which is for the caller to
/// bound.
///
/// **Errors.** `MalformedInput` with a sentence for the client, whatever the bytes are.
///
/// **Threads and blocking.** Any number of threads; nothing blocks, and nothing is kept between calls.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.cbor;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

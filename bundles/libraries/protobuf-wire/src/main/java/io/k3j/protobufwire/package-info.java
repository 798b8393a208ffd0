/// The protobuf wire format, without messages: numbers, texts, bytes and fields by number, read from one array and
/// written into one. What a field means is the caller's to know (`codec` by the schema, `cri-containerd` by its table
/// of messages, `openapi` by gnostic's numbers); `streaming` uses the numbers alone. The format is that of
/// <https://protobuf.dev/programming-guides/encoding/>.
///
/// **Hostile input.** Whatever the bytes are, a method of [WireIn] answers or throws [MalformedMessage]. It never reads
/// outside of its message, allocates in proportion to it at most, and reads no byte twice; so reading a message
/// whole takes time in proportion to its length. What it does not bound is what its caller makes of the fields: how
/// deep messages nest when the caller descends by recursion, and how many objects it keeps per field.
///
/// **Speed.** This is on the path of every request in protobuf. A reader is one small object per message inside a
/// message; a writer is one array that grows; neither makes objects for numbers or tags.
///
/// **Threads and blocking.** A reader and a writer belong to one thread each; the static methods are pure. Nothing
/// blocks, and nothing is kept between two messages.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.protobufwire;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/// Bytes to trees and back: JSON ([Json]), YAML ([Yaml]) and Kubernetes' protobuf ([Protobuf]), and the stored form of
/// objects, which is canonical JSON with a hole for the revision.
///
/// **Promise.** What is decoded is a tree of `model`, immutable and shared freely. A request decodes once and encodes
/// once. A stored object becomes an answer in JSON by putting its revision into the hole, and an element of a protobuf
/// list by transcoding its bytes ([ProtobufList]); neither makes a tree of the object. See Kubernetes API Concepts,
/// "Resource encoding",
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources>.
///
/// **Two writers of protobuf.** A tree is written from its end to its start by `WireOut` of `protobuf-wire`, so that
/// every length is known when it is written. Stored bytes can be read forwards only, so the transcoder writes forwards
/// into `WireParts`, and moves what is in a message where its length takes more than one byte. Through `WireOut` it
/// would first have to make the tree that it is there to avoid. Both have numbers and tags from `protobuf-wire`.
///
/// What people read on a terminal passes [TerminalText].
///
/// **Bounds.** JSON and YAML nest 1000 deep, protobuf 500 messages; YAML has 16 Mi characters and a million values per
/// document, aliases written out. How long the bytes are is for the caller to bound, before it reads them.
///
/// **Errors.** [MalformedInput], with a sentence for the client: whatever the bytes are, nothing else is thrown for
/// damage, but for `DecodeFailure` of `schema` where a value of a protobuf message is not what its kind allows. What
/// cannot be encoded is a mistake of the caller: `IllegalArgumentException`.
///
/// **Threads and blocking.** [Json], [Yaml] and [Protobuf] are for any number of threads; what is called a reader, a
/// writer, a list or a stream is for one. Nothing blocks but writing to the caller's stream. Nothing is kept between
/// calls but the layouts of messages, one per type of the schema, and the buffers and names of Jackson's factory.
@Export
@Version("1.2.0")
@NullMarked
package io.k3j.codec;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

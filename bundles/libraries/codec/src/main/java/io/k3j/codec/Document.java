package io.k3j.codec;

import io.k3j.model.Struct;
import java.util.List;

/// A parsed document. Immutable. Neither list nor path is longer than a client will read: see `FieldPaths` of `schema`.
/// With `fieldValidation=Strict` the duplicates refuse a request, with `Warn` they become warnings; see Kubernetes API
/// Concepts, "Field validation".
///
/// @param object the tree; of a field given twice the last value counts
/// @param duplicates of JSON the paths of fields given twice, as `spec.replicas`; of YAML what go-yaml says of them, as
///     `line 9: key "replicas" already set in map`
public record Document(Struct object, List<String> duplicates) {
}

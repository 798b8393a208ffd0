package io.k3j.codec;

import io.k3j.model.Struct;
import java.util.List;

/// A parsed document.
///
/// @param object the tree; of a field given twice the last value counts
/// @param duplicates the paths of fields given twice, as `spec.replicas`
public record Document(Struct object, List<String> duplicates) {
}

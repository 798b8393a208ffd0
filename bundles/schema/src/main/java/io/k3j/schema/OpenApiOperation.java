package io.k3j.schema;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.List;

/// One method on one path, before it is written in version 2 or 3.
///
/// @param path with parameters in braces
/// @param pathParameters the parameters in braces
/// @param method lower case
/// @param tag group and version, as `apps_v1`
/// @param action as `x-kubernetes-action`
/// @param body the schema of the body, empty for none
/// @param bodyRequired whether it must be there
/// @param query the names of query parameters
/// @param codes the statuses of success
/// @param answer the schema of the answer
/// @param consumes media types taken
/// @param produces media types given
record OpenApiOperation(String path, List<String> pathParameters, String method, String id, String description,
        String tag, String action, Gvk kind, Struct body, boolean bodyRequired, List<String> query, List<Integer> codes,
        Struct answer, List<String> consumes, List<String> produces) {
}

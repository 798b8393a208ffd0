package io.k3j.openapi;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.List;

/// One method on one path, before it is written in version 2 or 3. Schemas in it are references already, written for
/// one of the two, so it belongs to one document.
///
/// @param path with parameters in braces
/// @param pathParameters the parameters in braces, in the order of upstream's documents
/// @param method lower case
/// @param id `operationId`, by which generators of clients name functions: upstream's, as `readCoreV1NamespacedPod`
/// @param description a short sentence without an end
/// @param tag group and version, as `apps_v1`
/// @param action as `x-kubernetes-action`
/// @param kind what it takes or gives, as `x-kubernetes-group-version-kind`; kubectl finds operations by it
/// @param body the schema of the body, empty for none
/// @param bodyRequired whether it must be there
/// @param query the names of query parameters, each known to [OpenApiParameters]
/// @param codes the statuses of success; 401 is added when it is written
/// @param answer the schema of the answer
/// @param consumes media types taken
/// @param produces media types given
record OpenApiOperation(String path, List<String> pathParameters, String method, String id, String description,
        String tag, String action, Gvk kind, Struct body, boolean bodyRequired, List<String> query, List<Integer> codes,
        Struct answer, List<String> consumes, List<String> produces) {
}

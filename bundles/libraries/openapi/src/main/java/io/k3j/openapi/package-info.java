/// OpenAPI documents of the served resources, versions 2 and 3, as in upstream's `kube-openapi`: what `/openapi/v2` and
/// `/openapi/v3/…` serve to kubectl and to generators of clients.
///
/// ```
/// OpenApiResource ──► OpenApiPaths ──► OpenApiOperation ──► OpenApiV2, OpenApiV3 ──► Struct ──► Gnostic (of v2)
///                         └──────────► OpenApiDefinitions ──► definitions of all that is referred to
/// documents of version 2 of other servers ──► OpenApiFit ──► OpenApiMerge ──► one of all
/// ```
///
/// **Threads.** Pure but for [io.k3j.openapi.OpenApi], which keeps the schemas it was given; safe for any number of
/// threads; nothing blocks. A document of all resources takes as long as the schema is large: whoever serves it keeps
/// it.
///
/// **Errors.** A kind without a schema is shown as any object; nothing is thrown for what a user or a CRD says. What is
/// thrown says that the code is wrong: a verb or parameter without a text; or that another server's document is.
///
/// Source: Kubernetes API Concepts, "The Kubernetes API", "OpenAPI interface definition".
@NullMarked
package io.k3j.openapi;

import org.jspecify.annotations.NullMarked;

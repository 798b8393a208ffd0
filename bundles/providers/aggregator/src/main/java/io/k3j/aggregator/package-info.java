/// API aggregation: requests of a group's version that an APIService gives to a Service go to a ready endpoint of that
/// Service; upstream's kube-aggregator. See
/// <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/>.
///
/// ```
///   APIServices ──LiveView──► ApiServiceTable (who serves what, and what it says of itself)
///   AvailabilityCheck         condition Available of each, and its resources for discovery
///   request ──ApiServiceTable──► Forwarding ──BackendDialer, FrontProxy──► endpoint
///   OpenApiAggregation ──OpenApiDownloads──► endpoint   /openapi/v2 of each, of which OpenApiFilter keeps the version
///   KindCatalogs ──LocalVersions──► LocalApiServices   an APIService for each version that is served here
///   ExtensionAuthentication   the ConfigMap by which such servers know this one
/// ```
///
/// | reads | writes |
/// |---|---|
/// | APIServices, Services, EndpointSlices, CustomResourceDefinitions | APIServices of local groups, status of all |
/// | `server/tls` | the ConfigMap `kube-system/extension-apiserver-authentication` |
@NullMarked
package io.k3j.aggregator;

import org.jspecify.annotations.NullMarked;

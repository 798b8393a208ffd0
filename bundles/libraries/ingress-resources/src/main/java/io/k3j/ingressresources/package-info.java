/// What an ingress reads of the API, and what it writes there.
///
/// ```
/// Service, EndpointSlice ─► BackendEndpoints ─► Endpoints, with BackendTls    (looked up once, until a change)
/// Secret ─► Certificates                                                      (asked by each handshake)
/// HelmChartConfig ─► IngressValues ─► IngressPublication ─► Service, IngressClass, EndpointSlices
/// Ingress ─► IngressStatuses ─► its status, Events
/// ```
///
/// What is read is for any thread and does not block; what writes has one thread and blocks for the API, whose refusals
/// are thrown as they are. A Secret or an annotation that cannot be used is told, and nobody is believed by it.
@NullMarked
package io.k3j.ingressresources;

import org.jspecify.annotations.NullMarked;

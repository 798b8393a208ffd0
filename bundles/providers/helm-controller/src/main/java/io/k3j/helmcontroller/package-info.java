/// K3s' Helm controller: what HelmChart objects say is installed, upgraded and uninstalled by Helm itself, in a process
/// of its own for each operation, so that idle costs nothing and a hostile chart meets limits. See
/// <https://docs.k3s.io/add-ons/helm>.
///
/// ```
/// HelmChart, HelmChartConfig, Secrets ─► ReleaseInput ─► hash ─┐
/// sh.helm.release.v1.NAME.vN ──────────► Releases ─────────────┴► Decision ─► ChartOperation ─► HelmProcess ─► Helm
///                                            ▲ label, status                   ReleaseIdentity                  │
///                                            └────────────────────────────────────────────── writes ◄───────────┘
/// ```
///
/// | reads | writes |
/// |---|---|
/// | HelmCharts, HelmChartConfigs, Secrets, ConfigMaps, Jobs, Helm's records | the two CRDs, status, annotation and finalizer of HelmCharts, a label on Helm's records, the Jobs `helm-install-…` and `helm-delete-…`, service accounts and bindings `helm-…` while Helm runs |
@NullMarked
package io.k3j.helmcontroller;

import org.jspecify.annotations.NullMarked;

/// The rules of the kinds by which API servers are governed, as far as the schema cannot say them: who may do what
/// (RBAC), admission by webhooks and policies, API priority and fairness, API aggregation, and what is asked of
/// signers. [io.k3j.apiserverrules.ApiServerKinds] is the entrance.
///
/// ```
/// ApiServerKinds ──► AccessRules, ApiServiceRules
///                ├─► WebhookConfigurationRules, AdmissionPolicyRules, AdmissionBindingRules
///                │      └─► AdmissionMatchRules, AdmissionRuleChecks, AdmissionExpressionRules ──► admission-cel
///                ├─► FlowSchemaRules, PriorityLevelRules ──► flow-control (what every cluster has)
///                └─► CertificateSigningRequestRules, TrustBundleRules, PodCertificateRules ──► pki
/// ```
///
/// Functions of an object, a clock and an engine of expressions; safe for any number of threads; nothing blocks, no
/// other object is read. What is wrong is collected in [io.k3j.validation.Problems], in upstream's words, and never
/// thrown: clients and tests compare these messages. An expression that nobody can check is refused with 503.
///
/// Source: upstream's `pkg/registry` and `pkg/apis` of `admissionregistration`, `certificates`, `flowcontrol` and
/// `rbac`, and `kube-aggregator`.
@NullMarked
package io.k3j.apiserverrules;

import org.jspecify.annotations.NullMarked;

/// The rules of Services, what is behind them and where they run, as far as the schema cannot say them.
/// [io.k3j.corerules.CoreKinds] is the entrance.
///
/// ```
/// CoreKinds ──► ServiceRules ──► ServiceChanges, ServicePortProblems, ServiceFamilyChanges, ServiceTraffic,
///           │                    ServiceAddresses, ServiceStatus, ServiceWarnings
///           ├─► EndpointRules, SliceRules ──► EndpointAddresses
///           ├─► NodeKindRules ──► NodeStatusProblems, NodeRanges
///           └─► NamespaceRules, AccountRules
/// ```
///
/// Pure functions of an object, safe for any number of threads; nothing blocks, no other object is read. What is
/// wrong is collected in [io.k3j.validation.Problems], in upstream's words, and never thrown.
///
/// Source: upstream's `pkg/apis/core`, `pkg/apis/discovery` and `pkg/registry/core` of 1.36, with the gates that are on
/// by default.
@NullMarked
package io.k3j.corerules;

import org.jspecify.annotations.NullMarked;

package io.k3j.networkpolicy;

import io.k3j.netpolicy.PolicyPod;
import java.util.List;
import java.util.Map;

/// What rules depend on besides policies and pods.
///
/// @param families those that pods have addresses of
/// @param standIns what is no pod and meant by policies as one
/// @param labels of the Namespace of the stand-ins
record Surroundings(Families families, List<PolicyPod> standIns, Map<String, String> labels) {
}

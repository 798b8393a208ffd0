package io.k3j.cel;

import dev.cel.common.types.OpaqueType;
import java.util.List;

/// The types of Kubernetes' libraries.
final class Opaques {
    static final OpaqueType URL = OpaqueType.create("kubernetes.URL");
    static final OpaqueType IP = OpaqueType.create("net.IP");
    static final OpaqueType CIDR = OpaqueType.create("net.CIDR");
    static final OpaqueType QUANTITY = OpaqueType.create("kubernetes.Quantity");
    static final OpaqueType SEMVER = OpaqueType.create("kubernetes.Semver");
    static final OpaqueType FORMAT = OpaqueType.create("kubernetes.NamedFormat");
    static final OpaqueType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
    static final OpaqueType PATH_CHECK = OpaqueType.create("kubernetes.authorization.PathCheck");
    static final OpaqueType GROUP_CHECK = OpaqueType.create("kubernetes.authorization.GroupCheck");
    static final OpaqueType RESOURCE_CHECK = OpaqueType.create("kubernetes.authorization.ResourceCheck");
    static final OpaqueType DECISION = OpaqueType.create("kubernetes.authorization.Decision");
    /// For the type checker.
    static final List<OpaqueType> ALL = List.of(URL, IP, CIDR, QUANTITY, SEMVER, FORMAT, AUTHORIZER, PATH_CHECK,
            GROUP_CHECK, RESOURCE_CHECK, DECISION);

    private Opaques() {
    }
}

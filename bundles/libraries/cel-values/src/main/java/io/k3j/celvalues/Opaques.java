package io.k3j.celvalues;

import dev.cel.common.types.OpaqueType;
import java.util.List;

/// The types of Kubernetes' libraries.
public final class Opaques {
    /// A URL.
    public static final OpaqueType URL = OpaqueType.create("kubernetes.URL");
    /// An address.
    public static final OpaqueType IP = OpaqueType.create("net.IP");
    /// A network.
    public static final OpaqueType CIDR = OpaqueType.create("net.CIDR");
    /// A quantity.
    public static final OpaqueType QUANTITY = OpaqueType.create("kubernetes.Quantity");
    /// A semantic version.
    public static final OpaqueType SEMVER = OpaqueType.create("kubernetes.Semver");
    /// A named format.
    public static final OpaqueType FORMAT = OpaqueType.create("kubernetes.NamedFormat");
    /// Asks authorizers for a user.
    public static final OpaqueType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
    /// About a path.
    public static final OpaqueType PATH_CHECK = OpaqueType.create("kubernetes.authorization.PathCheck");
    /// About an API group.
    public static final OpaqueType GROUP_CHECK = OpaqueType.create("kubernetes.authorization.GroupCheck");
    /// About a resource.
    public static final OpaqueType RESOURCE_CHECK = OpaqueType.create("kubernetes.authorization.ResourceCheck");
    /// What authorizers say.
    public static final OpaqueType DECISION = OpaqueType.create("kubernetes.authorization.Decision");
    /// For the type checker.
    public static final List<OpaqueType> ALL = List.of(URL, IP, CIDR, QUANTITY, SEMVER, FORMAT, AUTHORIZER, PATH_CHECK,
            GROUP_CHECK, RESOURCE_CHECK, DECISION);

    private Opaques() {
    }
}

package io.k3j.componentapi;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/// Which user names a bundle may act under, as its `feature.json` says. Implemented by `features`, used
/// by anyone who serves an ApiClient. Any thread; nothing blocks.
@ProviderType
public interface Identities {
    /// The bundle's identities, the first being the one to use when none is asked for. Never empty: a
    /// bundle that declares none is `system:serviceaccount:kube-system:<name>`.
    List<Identity> of(Bundle bundle);
}

package io.k3j.apiserver;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// There while the feature `aggregator` is wanted on this server. That is known before its bundle runs, and while that
/// is away: a feature's bundles have a configuration from before any bundle is started until the feature is taken away.
@Component(service = AggregatorFeature.class, configurationPid = "io.k3j.aggregator",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AggregatorFeature {
}

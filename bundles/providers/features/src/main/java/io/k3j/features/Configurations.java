package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// Gives each bundle the settings its feature declares, and no others, by Configuration Admin.
final class Configurations {
    /// The location that binds a configuration to no bundle: during a swap two bundles receive the same one.
    private static final String ANY_BUNDLE = "?";
    private static final String RETIRE = ".retire";

    private final ConfigurationAdmin admin;
    /// What the flags say, for those that are compared with other servers or must not be away for a moment.
    private volatile Map<String, Object> flags;
    private volatile Map<String, Object> settings;

    Configurations(ConfigurationAdmin admin, Map<String, Object> settings) {
        this.admin = admin;
        this.flags = settings;
        this.settings = settings;
    }

    /// What the flags and the cluster say.
    void learn(Map<String, Object> values) {
        flags = values;
    }

    /// From now on other settings are given to features that may be away for a moment.
    void renew(Map<String, Object> changed) {
        settings = changed;
    }

    /// Whether a change of its settings, which starts its components anew, is noticed by nobody.
    static boolean mayBeAway(Feature feature) {
        return feature.bundles().stream().allMatch(part -> part.swap() == SwapPolicy.REPLACE);
    }

    /// Writes the configurations of a feature's bundles. Equal ones are not written again, so components do not
    /// restart.
    void apply(Feature feature) {
        Map<String, Object> values = mayBeAway(feature) ? settings : flags;
        feature.settings().forEach((pid, keys) -> put(pid, keys, values));
    }

    /// Deletes the bundles' configurations and writes those that activate their retire components.
    void retire(Feature feature) {
        feature.settings().forEach((pid, keys) -> {
            remove(pid);
            put(pid + RETIRE, keys, settings);
        });
    }

    /// Deletes all configurations of a feature.
    void delete(Feature feature) {
        feature.settings().keySet().forEach(pid -> {
            remove(pid);
            remove(pid + RETIRE);
        });
    }

    private void put(String pid, List<String> keys, Map<String, Object> values) {
        Hashtable<String, Object> properties = new Hashtable<>();
        for (String key : keys) {
            Object value = values.get(key);
            if (value != null) {
                properties.put(key, value);
            }
        }
        try {
            admin.getConfiguration(pid, ANY_BUNDLE).updateIfDifferent(properties);
        } catch (IOException e) {
            throw new FeatureProblem("configuration of " + pid + " not stored", e);
        }
    }

    private void remove(String pid) {
        try {
            Configuration configuration = admin.getConfiguration(pid, ANY_BUNDLE);
            configuration.delete();
        } catch (IOException e) {
            throw new FeatureProblem("configuration of " + pid + " not removed", e);
        }
    }
}

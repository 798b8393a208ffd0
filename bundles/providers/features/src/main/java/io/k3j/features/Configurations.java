package io.k3j.features;

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
    private final Map<String, Object> settings;

    Configurations(ConfigurationAdmin admin, Map<String, Object> settings) {
        this.admin = admin;
        this.settings = settings;
    }

    /// Writes the configurations of a feature's bundles. Equal ones are not written again, so components do not
    /// restart.
    void apply(Feature feature) {
        feature.settings().forEach((pid, keys) -> put(pid, keys));
    }

    /// Deletes the bundles' configurations and writes those that activate their retire components.
    void retire(Feature feature) {
        feature.settings().forEach((pid, keys) -> {
            remove(pid);
            put(pid + RETIRE, keys);
        });
    }

    /// Deletes all configurations of a feature.
    void delete(Feature feature) {
        feature.settings().keySet().forEach(pid -> {
            remove(pid);
            remove(pid + RETIRE);
        });
    }

    private void put(String pid, List<String> keys) {
        Hashtable<String, Object> properties = new Hashtable<>();
        for (String key : keys) {
            Object value = settings.get(key);
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

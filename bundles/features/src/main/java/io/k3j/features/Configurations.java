package io.k3j.features;

import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// Hands each bundle the settings its feature names, and no others.
final class Configurations {
    /// Bound to no bundle: during a swap two bundles receive the same one.
    private static final String ANY_BUNDLE = "?";
    private static final String RETIRE = ".retire";

    private final ConfigurationAdmin admin;
    private final Map<String, Object> settings;

    Configurations(ConfigurationAdmin admin, Map<String, Object> settings) {
        this.admin = admin;
        this.settings = settings;
    }

    /// Gives a feature's bundles their settings. Unchanged ones are not given again.
    void give(Feature feature) {
        feature.settings().forEach((pid, keys) -> put(pid, keys));
    }

    /// Closes the bundles' doors and opens what retires them.
    void retire(Feature feature) {
        feature.settings().forEach((pid, keys) -> {
            remove(pid);
            put(pid + RETIRE, keys);
        });
    }

    /// Takes everything back.
    void take(Feature feature) {
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

package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/// Gives each bundle the settings its feature declares and the values it brings, and no others, by Configuration Admin.
/// A PID `factory~name` is one of several configurations of that factory.
final class Configurations {
    /// The location that binds a configuration to no bundle: during a swap two bundles receive the same one.
    private static final String ANY_BUNDLE = "?";
    private static final String RETIRE = ".retire";
    private static final char OF_A_FACTORY = '~';

    private final ConfigurationAdmin admin;
    /// For whom, by name: a version of a plug-in may bring fewer than the one before, or be another feature.
    private final Map<String, Feature> written = new ConcurrentHashMap<>();
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
        Set<String> pids = feature.pids();
        written.values().stream().filter(before -> replaces(feature, before)).forEach(before -> {
            written.remove(before.name());
            before.pids().stream().filter(pid -> !pids.contains(pid)).forEach(this::remove);
        });
        written.put(feature.name(), feature);
        pids.forEach(pid -> put(pid, properties(feature, pid, values)));
    }

    /// A bundle is one feature's at a time.
    private static boolean replaces(Feature feature, Feature before) {
        List<String> bundles = before.bundles().stream().map(Feature.Part::symbolicName).toList();
        return feature.name().equals(before.name())
                || feature.bundles().stream().map(Feature.Part::symbolicName).anyMatch(bundles::contains);
    }

    /// Deletes the bundles' configurations and writes those that activate their retire components, which are no
    /// instances of a factory.
    void retire(Feature feature) {
        feature.pids().forEach(pid -> {
            remove(pid);
            if (pid.indexOf(OF_A_FACTORY) < 0) {
                put(pid + RETIRE, properties(feature, pid, settings));
            }
        });
    }

    /// Deletes all configurations of a feature.
    void delete(Feature feature) {
        written.remove(feature.name());
        feature.pids().forEach(pid -> {
            remove(pid);
            if (pid.indexOf(OF_A_FACTORY) < 0) {
                remove(pid + RETIRE);
            }
        });
    }

    /// What the flags say of one, and what the feature brings.
    private static Hashtable<String, Object> properties(Feature feature, String pid, Map<String, Object> flags) {
        Hashtable<String, Object> properties = new Hashtable<>();
        for (String key : feature.settings().getOrDefault(pid, List.of())) {
            Object value = flags.get(key);
            if (value != null) {
                properties.put(key, value);
            }
        }
        feature.configurations().getOrDefault(pid, Map.of()).forEach((key, value) -> properties.put(key,
                value instanceof List<?> several ? several.toArray(String[]::new) : value));
        return properties;
    }

    private Configuration configuration(String pid) throws IOException {
        int end = pid.indexOf(OF_A_FACTORY);
        return end < 0 ? admin.getConfiguration(pid, ANY_BUNDLE)
                : admin.getFactoryConfiguration(pid.substring(0, end), pid.substring(end + 1), ANY_BUNDLE);
    }

    private void put(String pid, Hashtable<String, Object> properties) {
        try {
            configuration(pid).updateIfDifferent(properties);
        } catch (IOException e) {
            throw new FeatureProblem("configuration of " + pid + " not stored", e);
        }
    }

    private void remove(String pid) {
        try {
            configuration(pid).delete();
        } catch (IOException e) {
            throw new FeatureProblem("configuration of " + pid + " not removed", e);
        }
    }
}

package io.k3j.features;

import io.k3j.componentapi.Components.Setting;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Roster;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/// What the bundles of a feature are configured by: which properties there are say the feature and the bundle's
/// metatype, which values they have Configuration Admin, and where that has none the component's own defaults. Of a
/// factory each of its configurations is told, whoever has made it.
final class DeclaredSettings {
    /// Settings that follow from several flags, and are none themselves.
    static final Set<String> DERIVED = Set.of("controlPlane", "kubeletPort", "managedEtcd", "nodeArgs", "nodeEnv",
            "packagedManifests", "vpn", "withdrawnManifests");
    /// Beginnings of properties that are of the framework, or for nobody else.
    private static final List<String> NOT_SETTINGS = List.of("service.", "felix.", "component.", ".");

    private final Roster roster;
    private final Bundles bundles;
    private final ConfigurationAdmin admin;
    private final ServiceComponentRuntime runtime;
    private final Map<String, String> whereSet;

    /// @param whereSet flags in camel case, and where they were set
    DeclaredSettings(Roster roster, Bundles bundles, ConfigurationAdmin admin, ServiceComponentRuntime runtime,
            Map<String, String> whereSet) {
        this.roster = roster;
        this.bundles = bundles;
        this.admin = admin;
        this.runtime = runtime;
        this.whereSet = whereSet;
    }

    /// What is said of one PID, or of a factory's by that and [Metatype#FACTORY].
    private record Declared(Map<String, Object> defaults, Map<String, Metatype.Attribute> attributes) {
        static final Declared NOTHING = new Declared(Map.of(), Map.of());

        /// With the attributes of another one that it lacks.
        Declared beside(Declared other) {
            Map<String, Metatype.Attribute> all = new HashMap<>(other.attributes);
            all.putAll(attributes);
            return new Declared(defaults, all);
        }
    }

    /// One configuration as it is.
    ///
    /// @param factory empty when it is of none
    private record Configured(String factory, Map<String, Object> values) {
    }

    /// Of the feature of this name, by PID and name; none when there is no such feature.
    List<Setting> of(String name) {
        List<Setting> all = new ArrayList<>();
        roster.ofRole().stream().filter(feature -> feature.name().equals(name))
                .forEach(feature -> all.addAll(of(feature)));
        return all;
    }

    private List<Setting> of(Feature feature) {
        Map<String, Set<String>> names = new TreeMap<>();
        feature.settings().forEach((pid, keys) -> names.put(pid, new LinkedHashSet<>(keys)));
        Map<String, Declared> declared = new HashMap<>();
        feature.bundles().stream().map(Feature.Part::symbolicName).filter(bundles::runs).map(bundles::running)
                .forEach(bundle -> declare(bundle, names, declared));
        feature.configurations().forEach(
                (pid, values) -> names.computeIfAbsent(pid, any -> new LinkedHashSet<>()).addAll(values.keySet()));
        Map<String, Configured> configured = configured();
        configured.forEach((pid, one) -> {
            if (!one.factory().isEmpty() && declared.containsKey(one.factory() + Metatype.FACTORY)) {
                names.computeIfAbsent(pid, any -> new LinkedHashSet<>());
            }
        });
        List<Setting> all = new ArrayList<>();
        names.forEach((pid, keys) -> {
            Configured one = configured.getOrDefault(pid, new Configured(factory(pid), Map.of()));
            keys.addAll(one.values().keySet());
            Declared said = said(pid, one.factory(), declared);
            keys.addAll(said.attributes().keySet());
            Declared known = said.beside(other(pid, one.factory(), declared));
            keys.stream().sorted().forEach(key -> all.add(
                    setting(new Place(pid, key, flag(feature, one, pid, key)), one.values().get(key), known)));
        });
        return all;
    }

    private static Declared said(String pid, String factory, Map<String, Declared> declared) {
        return declared.getOrDefault(factory.isEmpty() ? pid : factory + Metatype.FACTORY, Declared.NOTHING);
    }

    /// What is said of the factory of a PID that is used by itself, or of a factory as a PID: a component takes both,
    /// and a secret is hidden whichever of them metatype names.
    private static Declared other(String pid, String factory, Map<String, Declared> declared) {
        return declared.getOrDefault(factory.isEmpty() ? pid + Metatype.FACTORY : factory, Declared.NOTHING);
    }

    /// The flag that sets a value. A value that the feature brings is set by none, one of a factory only where it is
    /// asked for.
    private String flag(Feature feature, Configured one, String pid, String key) {
        boolean asked = feature.settings().getOrDefault(pid, List.of()).contains(key);
        boolean own = feature.configurations().getOrDefault(pid, Map.of()).containsKey(key);
        return own || !asked && !one.factory().isEmpty() ? "" : flag(key);
    }

    /// Of what is called `factory~name`; empty for anything else.
    private static String factory(String pid) {
        int end = pid.indexOf(Metatype.FACTORY);
        return end < 0 ? "" : pid.substring(0, end);
    }

    /// Adds what a bundle says of its configurations: metatype brings names, components their defaults.
    private void declare(Bundle bundle, Map<String, Set<String>> names, Map<String, Declared> declared) {
        Metatype.of(bundle).forEach((pid, attributes) -> {
            Declared said = declared.computeIfAbsent(pid, any -> new Declared(new HashMap<>(), new HashMap<>()));
            for (Metatype.Attribute attribute : attributes) {
                if (!pid.endsWith(Metatype.FACTORY)) {
                    names.computeIfAbsent(pid, any -> new LinkedHashSet<>()).add(attribute.id());
                }
                said.attributes.put(attribute.id(), attribute);
            }
        });
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(bundle)) {
            for (String pid : component.configurationPid) {
                // the same component has one configuration, or several of the factory of that name
                for (String of : List.of(pid, pid + Metatype.FACTORY)) {
                    declared.computeIfAbsent(of, any -> new Declared(new HashMap<>(), new HashMap<>())).defaults
                            .putAll(component.properties);
                }
            }
        }
    }

    private Map<String, Configured> configured() {
        Map<String, Configured> byPid = new HashMap<>();
        try {
            Configuration[] all = admin.listConfigurations(null);
            for (Configuration one : all == null ? new Configuration[0] : all) {
                byPid.put(one.getPid(),
                        new Configured(Objects.requireNonNullElse(one.getFactoryPid(), ""), properties(one)));
            }
            return byPid;
        } catch (IOException | InvalidSyntaxException e) {
            throw new FeatureProblem("configurations cannot be read", e);
        }
    }

    private static Map<String, Object> properties(Configuration configuration) {
        Map<String, Object> values = new LinkedHashMap<>();
        Dictionary<String, Object> properties = configuration.getProperties();
        if (properties != null) {
            for (String key : Collections.list(properties.keys())) {
                if (NOT_SETTINGS.stream().noneMatch(key::startsWith)) {
                    values.put(key, properties.get(key));
                }
            }
        }
        return values;
    }

    /// Whose value is told.
    ///
    /// @param flag that sets it; empty when none does
    private record Place(String pid, String name, String flag) {
    }

    private Setting setting(Place place, @Nullable Object configured, Declared said) {
        String name = place.name();
        String flag = place.flag();
        Metatype.Attribute attribute = said.attributes.get(name);
        Object own = said.defaults.get(name);
        Object value = configured != null ? configured : own != null ? own
                : attribute == null ? "" : attribute.preset();
        String type = configured == null && own == null ? attribute == null ? "" : attribute.type()
                : value.getClass().getSimpleName();
        boolean password = attribute != null && attribute.isPassword();
        String where = flag.isEmpty() ? "" : whereSet.getOrDefault(name, "");
        return new Setting(place.pid(), name, type, password ? Setting.HIDDEN : text(name, value),
                where.isEmpty() && (configured == null || !flag.isEmpty()), flag, where,
                attribute == null ? "" : attribute.description());
    }

    /// Only those that the distribution knows: a plug-in may ask for what there is not.
    private String flag(String name) {
        boolean known = roster.now().settings().containsKey(name) || whereSet.containsKey(name) || shipped(name);
        return known && !DERIVED.contains(name) ? flagOf(name) : "";
    }

    /// Whether one of the distribution's own features asks for it.
    private boolean shipped(String name) {
        return roster.ofRole().stream().filter(feature -> !roster.now().plugins().contains(feature))
                .flatMap(feature -> feature.settings().values().stream()).anyMatch(keys -> keys.contains(name));
    }

    /// As it is typed: `clusterCidr` is `--cluster-cidr`.
    static String flagOf(String name) {
        StringBuilder flag = new StringBuilder(name.length() == 1 ? "-" : "--");
        name.chars().forEach(c -> {
            if (Character.isUpperCase(c)) {
                flag.append('-');
            }
            flag.append((char) Character.toLowerCase(c));
        });
        return flag.toString();
    }

    private static String text(String name, Object value) {
        return elements(value).stream().map(one -> HiddenValues.shown(name, one)).collect(Collectors.joining(", "));
    }

    private static List<String> elements(Object value) {
        if (value instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        if (value instanceof Object[] several) {
            return Arrays.stream(several).map(String::valueOf).toList();
        }
        return value.getClass().isArray()
                ? IntStream.range(0, Array.getLength(value)).mapToObj(i -> String.valueOf(Array.get(value, i))).toList()
                : List.of(value.toString());
    }
}

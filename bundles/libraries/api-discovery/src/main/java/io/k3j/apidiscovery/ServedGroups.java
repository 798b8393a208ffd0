package io.k3j.apidiscovery;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Groups;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The groups that discovery shows: those of this server, and what other servers serve, by priority. A value.
final class ServedGroups {
    private final Map<String, Map<String, Version>> groups;

    /// A version: the kinds of this server, or what another one says of itself.
    record Version(List<ResourceKind> kinds, Struct discovery) {
    }

    private ServedGroups(Map<String, Map<String, Version>> groups) {
        this.groups = groups;
    }

    /// A version that another server serves stands for what this one has of the same name; built-in groups are this
    /// server's own.
    static ServedGroups of(Collection<ResourceKind> kinds, List<AggregatedApis.Version> remote) {
        List<AggregatedApis.Version> others = new ArrayList<>(remote);
        others.removeIf(v -> Groups.builtIn(v.group()));
        others.sort(Comparator.comparingInt(AggregatedApis.Version::versionPriority).reversed()
                .thenComparing(AggregatedApis.Version::version, Groups::byStability));
        Groups local = Groups.of(kinds.stream().filter(ServedGroups::shown).toList());
        Map<String, Map<String, Version>> all = new LinkedHashMap<>();
        Map<String, Integer> priorities = new LinkedHashMap<>();
        for (String group : local.names()) {
            Map<String, Version> versions = new LinkedHashMap<>();
            local.versions(group).forEach((v, rows) -> versions.put(v, new Version(rows, Struct.EMPTY)));
            all.put(group, versions);
            priorities.put(group, Groups.priority(group));
        }
        for (AggregatedApis.Version v : others) {
            all.computeIfAbsent(v.group(), g -> new LinkedHashMap<>())
                    .put(v.version(), new Version(List.of(), v.discovery()));
            priorities.merge(v.group(), v.groupPriority(), Math::max);
        }
        return new ServedGroups(sorted(all, priorities));
    }

    /// A kind that nobody may ask for is there for who deletes the objects of a definition that goes.
    private static boolean shown(ResourceKind kind) {
        return !kind.verbs().isEmpty() || !kind.subresources().isEmpty();
    }

    private static Map<String, Map<String, Version>> sorted(Map<String, Map<String, Version>> all,
            Map<String, Integer> priorities) {
        List<String> names = new ArrayList<>(all.keySet());
        names.sort(Comparator.comparingInt((String g) -> -priorities.getOrDefault(g, 0)));
        Map<String, Map<String, Version>> sorted = new LinkedHashMap<>();
        names.forEach(g -> sorted.put(g, all.getOrDefault(g, Map.of())));
        return sorted;
    }

    /// The names of the groups in order.
    Collection<String> names() {
        return groups.keySet();
    }

    /// The versions of a group, the preferred one first; empty when there is no such group.
    Map<String, Version> versions(String group) {
        return groups.getOrDefault(group, Map.of());
    }
}

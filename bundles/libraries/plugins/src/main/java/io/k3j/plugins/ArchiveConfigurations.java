package io.k3j.plugins;

import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.PluginFile;
import io.k3j.featuremodel.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The configurations that a feature archive brings with their values, under `configurations` of its description: by
/// PID, which is `factory~name` for one of several of a factory, as in the OSGi Configurator (Compendium, chapter 150).
final class ArchiveConfigurations {
    /// How many one may have.
    static final int MOST = 256;
    private static final String KEY = "configurations";
    private static final char OF_A_FACTORY = '~';
    /// What begins a component that cleans up is the server's to write.
    private static final String RETIRE = ".retire";

    private ArchiveConfigurations() {
    }

    /// What a description has.
    ///
    /// @param settings names of flags by PID, of which none is given a value here as well
    /// @throws io.k3j.featuremodel.FeatureProblem with what is wrong
    static Map<String, Map<String, Object>> of(Section section, List<Feature.Part> parts,
            Map<String, List<String>> settings) {
        Section pids = section.section(KEY);
        if (pids.names().size() > MOST) {
            throw section.problem(KEY + " has more than " + MOST);
        }
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        for (String pid : pids.names()) {
            refuseForeign(section, KEY, pid, parts);
            all.put(pid, values(section, pid, pids.section(pid), settings.getOrDefault(pid, List.of())));
        }
        return all;
    }

    /// Configuration Admin refuses names without a letter, and takes those that differ in case alone for one.
    private static Map<String, Object> values(Section section, String pid, Section properties, List<String> asked) {
        Set<String> ofFlags = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        ofFlags.addAll(asked);
        Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : properties.names()) {
            if (ofFlags.contains(name)) {
                throw section.problem(KEY + ": " + pid + " gives " + name + " a value, which settings asks the"
                        + " flags for; leave one of them out");
            }
            if (name.isBlank() || values.put(name, properties.property(name)) != null) {
                throw section.problem(KEY + ": " + pid + (name.isBlank() ? " gives a value to no name"
                        : " gives " + name + " two values, in letters of another case; leave one of them out"));
            }
        }
        return new LinkedHashMap<>(values);
    }

    /// A configuration of another PID would be given to somebody else's bundle.
    ///
    /// @param key of the description, for the message
    static void refuseForeign(Section section, String key, String pid, List<Feature.Part> parts) {
        int end = pid.indexOf(OF_A_FACTORY);
        String of = end < 0 ? pid : pid.substring(0, end);
        if (of.startsWith(PluginReader.OURS) || parts.stream().noneMatch(
                part -> of.equals(part.symbolicName()) || of.startsWith(part.symbolicName() + "."))) {
            throw section.problem(key + ": the PID " + pid + " is that of none of its bundles; begin it with the"
                    + " Bundle-SymbolicName of one");
        }
        if (end >= 0 && !PluginFile.isName(pid.substring(end + 1))) {
            throw section.problem(key + ": what follows " + OF_A_FACTORY + " in " + pid + " is no name: letters,"
                    + " digits, dots, dashes and underscores, " + PluginFile.MOST_LETTERS + " at most");
        }
        if (of.endsWith(RETIRE)) {
            throw section.problem(key + ": " + pid + " ends with " + RETIRE + ", which begins the cleaning up of "
                    + of.substring(0, of.length() - RETIRE.length()));
        }
    }
}

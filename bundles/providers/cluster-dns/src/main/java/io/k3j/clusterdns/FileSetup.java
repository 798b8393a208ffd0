package io.k3j.clusterdns;

import io.k3j.corefile.ConfigFiles;
import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.dnsmessage.DnsAddresses;
import io.k3j.dnsplugins.Fallthrough;
import io.k3j.dnsplugins.FileZones;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Hosts;
import io.k3j.dnsplugins.HostsTable;
import io.k3j.dnsplugins.Zones;
import java.util.ArrayList;
import java.util.List;

/// Reads the plug-ins that answer what files say: `hosts` and `file`. Files are the keys of the ConfigMaps.
final class FileSetup {
    private static final int LONGEST_TTL = 65_535;

    private FileSetup() {
    }

    /// `hosts [FILE [ZONES…]] { … }`.
    static Handler hosts(List<Directive> directives, BlockScope scope, Handler next) {
        Directive d = PluginSetup.once(directives);
        List<String> lines = new ArrayList<>();
        boolean reverse = true;
        long ttl = 3600;
        Fallthrough fall = Fallthrough.NEVER;
        for (Line line : d.lines()) {
            switch (line.name().text()) {
                case "ttl" -> ttl = PluginSetup.number(line, PluginSetup.one(line), 1, LONGEST_TTL);
                case "no_reverse" -> reverse = false;
                // changes are taken up at once
                case "reload" -> PluginSetup.duration(PluginSetup.one(line));
                case "fallthrough" -> fall = Fallthrough.of(line.arguments());
                default -> {
                    if (DnsAddresses.literal(line.name().text()).isEmpty()) {
                        throw PluginSetup.unknown(d, line);
                    }
                    lines.add(line.name().text() + " " + String.join(" ", line.arguments()));
                }
            }
        }
        if (!d.arguments().isEmpty()) {
            lines.addAll(file(d, scope).lines().toList());
        }
        List<String> zones = d.arguments().isEmpty() ? List.of() : d.arguments().subList(1, d.arguments().size());
        return new Hosts(Zones.of(zones, scope.zones()), HostsTable.of(lines), ttl, reverse, fall, next);
    }

    /// `file FILE [ZONES…] { … }`.
    static Handler file(List<Directive> directives, BlockScope scope, Handler next) {
        Handler chain = next;
        for (Directive d : directives.reversed()) {
            if (d.arguments().isEmpty()) {
                throw d.invalid("FILE [ZONES…] is wanted");
            }
            Fallthrough fall = Fallthrough.NEVER;
            for (Line line : d.lines()) {
                switch (line.name().text()) {
                    case "fallthrough" -> fall = Fallthrough.of(line.arguments());
                    // changes are taken up at once
                    case "reload" -> PluginSetup.duration(PluginSetup.one(line));
                    case "upstream" -> PluginSetup.none(line);
                    default -> throw PluginSetup.unknown(d, line);
                }
            }
            Zones zones = Zones.of(d.arguments().subList(1, d.arguments().size()), scope.zones());
            try {
                chain = FileZones.of(zones, file(d, scope), fall, chain);
            } catch (IllegalArgumentException e) {
                throw d.invalid(d.arguments().getFirst() + ": " + e.getMessage());
            }
        }
        return chain;
    }

    /// The node's `/etc/hosts` is none of a pod's; NodeHosts comes once there are nodes.
    private static String file(Directive d, BlockScope scope) {
        String path = d.arguments().getFirst();
        boolean mayMiss = path.equals("/etc/hosts") || path.endsWith("/NodeHosts");
        return scope.files().read(path).orElseGet(() -> {
            if (mayMiss) {
                return "";
            }
            throw d.invalid("there is no file " + path + "; the keys of the ConfigMap coredns-custom are at "
                    + ConfigFiles.CUSTOM);
        });
    }
}

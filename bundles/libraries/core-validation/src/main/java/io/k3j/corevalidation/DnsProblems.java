package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What can be wrong with how a pod is called and how it finds others, as upstream's `validatePodDNSConfig`,
/// `validatePodHostName` and `ValidateHostAliases`. The bounds are those of the resolver of Linux. Pure.
final class DnsProblems {
    private static final int MOST_SERVERS = 3;
    private static final int MOST_SEARCHES = 32;
    private static final int LONGEST_SEARCHES = 2048;
    private static final int LONGEST_HOST_NAME = 64;
    private static final String CONFIG = "dnsConfig";
    private static final String SERVERS = "nameservers";
    private static final String SEARCHES = "searches";
    private static final String OVERRIDE = "hostnameOverride";

    private DnsProblems() {
    }

    /// With the policy `None` the kubelet writes what is listed here and nothing else, so there must be something.
    ///
    /// @param p the place of the spec
    static void config(Struct spec, Problems p) {
        Struct config = spec.struct(CONFIG);
        Seq servers = config.seq(SERVERS);
        Problems at = p.at(CONFIG);
        boolean none = spec.text("dnsPolicy").equals("None");
        if (none && !spec.has(CONFIG)) {
            at.required("must provide `dnsConfig` when `dnsPolicy` is None");
        } else if (none && servers.isEmpty()) {
            at.at(SERVERS).required("must provide at least one DNS nameserver when `dnsPolicy` is None");
        } else if (!config.isEmpty()) {
            servers(servers, at);
            searches(config.seq(SEARCHES), at);
            options(config.seq("options"), at);
        }
    }

    private static void servers(Seq servers, Problems p) {
        if (servers.size() > MOST_SERVERS) {
            p.at(SERVERS).invalid(servers, "must not have more than 3 nameservers");
        }
        for (int i = 0; i < servers.size() && !p.full(); i++) {
            p.at(SERVERS, i).invalid(servers.text(i), AddressProblems.legacyIp(servers.text(i)));
        }
    }

    private static void searches(Seq searches, Problems p) {
        if (searches.size() > MOST_SEARCHES) {
            p.at(SEARCHES).invalid(searches, "must not have more than 32 search paths");
        }
        if (String.join(" ", searches.texts()).getBytes(StandardCharsets.UTF_8).length > LONGEST_SEARCHES) {
            p.at(SEARCHES).invalid(searches,
                    "must not have more than 2048 characters (including spaces) in the search list");
        }
        for (int i = 0; i < searches.size() && !p.full(); i++) {
            String search = searches.text(i);
            if (!search.equals(".")) {
                String name = search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
                p.at(SEARCHES, i).invalid(name, Names.subdomainWithUnderscore(name));
            }
        }
    }

    private static void options(Seq options, Problems p) {
        for (int i = 0; i < options.size() && !p.full(); i++) {
            if (options.struct(i).text("name").isEmpty()) {
                p.at("options", i).required("must not be empty");
            }
        }
    }

    /// @param p the place of the spec
    static void override(Struct spec, Problems p) {
        if (!spec.has(OVERRIDE)) {
            return;
        }
        String name = spec.text(OVERRIDE);
        Problems at = p.at(OVERRIDE);
        if (spec.flag("setHostnameAsFQDN")) {
            at.forbidden("may not be specified when setHostnameAsFQDN is true");
        }
        if (spec.flag("hostNetwork")) {
            at.forbidden("may not be specified when hostNetwork is true");
        }
        if (name.length() > LONGEST_HOST_NAME) {
            at.tooLong(LONGEST_HOST_NAME);
        }
        at.invalid(name, Names.subdomain(name));
    }

    /// @param p the place of the spec
    static void aliases(Struct spec, Problems p) {
        Seq aliases = spec.seq("hostAliases");
        for (int i = 0; i < aliases.size() && !p.full(); i++) {
            Problems at = p.at("hostAliases", i);
            at.at("ip").invalid(aliases.struct(i).text("ip"), AddressProblems.legacyIp(aliases.struct(i).text("ip")));
            List<String> names = aliases.struct(i).seq("hostnames").texts();
            for (int j = 0; j < names.size(); j++) {
                at.at("hostnames", j).invalid(names.get(j), Names.subdomain(names.get(j)));
            }
        }
    }
}

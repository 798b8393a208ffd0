package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAddresses;
import io.k3j.dnsmessage.DomainNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The entries of a hosts file (hosts(5)), also `*.name` for one more label. Lines that cannot be read are left out,
/// as in CoreDNS. Immutable.
///
/// @param addresses name to addresses
/// @param names address to names
public record HostsTable(Map<String, List<byte[]>> addresses, Map<String, List<String>> names) {
    /// Of these lines; those before win nothing, all count.
    /// @param lines with comments, blank ones and broken ones
    /// @return names in lower case, addresses in the order of their lines
    public static HostsTable of(List<String> lines) {
        Map<String, List<byte[]>> addresses = new HashMap<>();
        Map<String, List<String>> names = new HashMap<>();
        for (String line : lines) {
            int comment = line.indexOf('#');
            String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+");
            Optional<byte[]> address = words.length < 2 ? Optional.empty() : DnsAddresses.literal(words[0]);
            for (int i = 1; i < words.length && address.isPresent(); i++) {
                String name = DomainNames.normal(words[i]);
                addresses.computeIfAbsent(name, n -> new ArrayList<>()).add(address.get());
                if (!name.startsWith("*.")) {
                    names.computeIfAbsent(DnsAddresses.text(address.get()), n -> new ArrayList<>()).add(name);
                }
            }
        }
        return new HostsTable(addresses, names);
    }

    /// The addresses of a name: its own, else those of `*` in place of its first label.
    /// @param name in lower case, without the dot at the end
    /// @return empty when it is not there
    List<byte[]> find(String name) {
        List<byte[]> own = addresses.get(name);
        if (own != null) {
            return own;
        }
        int dot = DomainNames.labelEnd(name, 0);
        return dot < name.length() ? addresses.getOrDefault("*" + name.substring(dot), List.of()) : List.of();
    }
}

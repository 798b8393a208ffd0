package io.k3j.dnsplugins;

import io.k3j.componenthelpers.Cidr;
import io.k3j.dnsmessage.DnsAddresses;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// CoreDNS' plug-in `loadbalance` (round robin): addresses and mail exchangers in random order, aliases before them.
///
/// Most clients take the first address, so the order is what spreads them. The order of what is not an address stays.
///
/// @param random a number below its argument, for any thread
/// @param prefer networks whose addresses come first, in this order
public record LoadBalance(IntUnaryOperator random, List<Cidr> prefer, Handler next) implements Handler {
    @Override
    public DnsAnswer answer(Ask ask) {
        DnsAnswer answer = next.answer(ask);
        return answer.later() || answer.records().size() < 2 ? answer : answer.with(mixed(answer.records()));
    }

    /// A shuffle by Fisher and Yates, of what is balanced only.
    private List<ResourceRecord> mixed(List<ResourceRecord> records) {
        List<ResourceRecord> aliases = new ArrayList<>();
        List<ResourceRecord> rest = new ArrayList<>();
        List<ResourceRecord> balanced = new ArrayList<>();
        for (ResourceRecord r : records) {
            (switch (r.type()) {
                case RecordType.CNAME -> aliases;
                case RecordType.A, RecordType.AAAA, RecordType.MX -> balanced;
                default -> rest;
            }).add(r);
        }
        for (int i = balanced.size() - 1; i > 0; i--) {
            int other = random.applyAsInt(i + 1);
            ResourceRecord one = balanced.get(i);
            balanced.set(i, balanced.get(other));
            balanced.set(other, one);
        }
        balanced.sort(Comparator.comparingInt(this::rank));
        aliases.addAll(rest);
        aliases.addAll(balanced);
        return aliases;
    }

    /// Mail exchangers come behind addresses.
    private int rank(ResourceRecord record) {
        if (record.type() == RecordType.MX) {
            return Integer.MAX_VALUE;
        }
        for (int i = 0; i < prefer.size(); i++) {
            if (prefer.get(i).contains(InetAddress.ofLiteral(DnsAddresses.text(record.data())))) {
                return i;
            }
        }
        return prefer.size();
    }
}

package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.net.Inet4Address;
import java.util.List;

/// CoreDNS' plug-in `dns64` (<https://coredns.io/plugins/dns64/>, RFC 6147): who asks for the IPv6 address of a name
/// that has none gets its IPv4 address in a prefix, behind which a NAT64 translates. Waits as the links behind it.
///
/// @param prefix sixteen bytes
/// @param bits how many of them count: 32 to 96, whole bytes
/// @param all whether a name's own IPv6 addresses are passed over
/// @param four whether those who ask over IPv4 get such answers, too
@SuppressWarnings("ArrayRecordComponent")
public record Dns64(byte[] prefix, int bits, boolean all, boolean four, Handler next) implements Handler {
    private static final long LONGEST = 600;

    @Override
    public DnsAnswer answer(Ask ask) {
        DnsAnswer own = next.answer(ask);
        if (ask.type() != RecordType.AAAA || !four && ask.client().getAddress() instanceof Inet4Address || own.later()
                || own.code() == DnsAnswer.NO_SUCH_NAME
                || !all && own.records().stream().anyMatch(r -> r.type() == RecordType.AAAA)) {
            return own;
        }
        DnsAnswer addresses = ask.lookup(ask.name(), RecordType.A);
        if (addresses.later()) {
            return addresses;
        }
        long most = own.authority().stream().filter(r -> r.type() == RecordType.SOA).mapToLong(ResourceRecord::ttl)
                .findFirst().orElse(LONGEST);
        List<ResourceRecord> records = addresses.records().stream()
                .map(r -> r.type() == RecordType.A
                        ? ResourceRecord.address(r.name(), Math.min(r.ttl(), most), within(r.data()))
                        : r)
                .toList();
        return addresses.with(records);
    }

    /// RFC 6052 §2.2: the byte at 64 stays zero.
    private byte[] within(byte[] address) {
        byte[] made = new byte[16];
        int at = bits / Byte.SIZE;
        System.arraycopy(prefix, 0, made, 0, at);
        for (byte b : address) {
            at += at == 8 ? 1 : 0;
            made[at++] = b;
        }
        return made;
    }
}

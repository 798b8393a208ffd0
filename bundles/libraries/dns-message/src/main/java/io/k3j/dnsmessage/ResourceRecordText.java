package io.k3j.dnsmessage;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/// Reads one resource record as a zone file has it (RFC 1035 §5): `name [ttl] [class] type data`. Pure.
public final class ResourceRecordText {
    private static final long DEFAULT_TTL = 3600;
    private static final int LONGEST_TEXT = 255;

    private ResourceRecordText() {
    }

    /// The record.
    /// @param text one record, also over several lines in brackets; a name without a dot at its end is not completed
    /// @return of 3600 seconds when it says no time to live
    /// @throws IllegalArgumentException when it is none, or of a type without a text form here
    public static ResourceRecord parse(String text) {
        Deque<String> words = words(text);
        String name = DomainNames.normal(word(words, "a name"));
        long ttl = DEFAULT_TTL;
        String next = word(words, "a type");
        while (true) {
            if (next.chars().allMatch(c -> c >= '0' && c <= '9')) {
                ttl = number(next, Integer.MAX_VALUE);
            } else if (!next.equalsIgnoreCase("IN")) {
                break;
            }
            next = word(words, "a type");
        }
        ResourceRecord record = data(name, ttl, RecordType.number(next.toUpperCase(Locale.ROOT)), words);
        if (!words.isEmpty()) {
            throw new IllegalArgumentException("unexpected " + words.peek());
        }
        DomainNames.wire(name);
        return record;
    }

    /// By the type: what follows in the text, as RDATA.
    private static ResourceRecord data(String name, long ttl, int type, Deque<String> words) {
        return switch (type) {
            case RecordType.A, RecordType.AAAA -> {
                String text = word(words, "an address");
                byte[] address = DnsAddresses.literal(text)
                        .filter(a -> a.length == (type == RecordType.A ? 4 : 16))
                        .orElseThrow(() -> new IllegalArgumentException("no address: " + text));
                yield ResourceRecord.address(name, ttl, address);
            }
            case RecordType.CNAME, RecordType.NS, RecordType.PTR ->
                ResourceRecord.name(name, type, ttl, DomainNames.normal(word(words, "a name")));
            case RecordType.MX ->
                new ResourceRecord(name, type, ResourceRecord.INTERNET, ttl, numbersAndName(words, 1));
            case RecordType.SRV ->
                new ResourceRecord(name, type, ResourceRecord.INTERNET, ttl, numbersAndName(words, 3));
            case RecordType.TXT, RecordType.HINFO ->
                new ResourceRecord(name, type, ResourceRecord.INTERNET, ttl, strings(words));
            case RecordType.SOA -> authority(name, ttl, words);
            default -> throw new IllegalArgumentException("no text form of " + RecordType.name(type) + " here");
        };
    }

    /// MX has one number before its name, SRV three.
    private static byte[] numbersAndName(Deque<String> words, int count) {
        ByteBuffer numbers = ByteBuffer.allocate(2 * count);
        for (int i = 0; i < count; i++) {
            numbers.putShort((short) number(word(words, "a number"), 65_535));
        }
        byte[] target = DomainNames.wire(DomainNames.normal(word(words, "a name")));
        return ByteBuffer.allocate(2 * count + target.length).put(numbers.array()).put(target).array();
    }

    private static byte[] strings(Deque<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        do {
            byte[] bytes = word(words, "a text").getBytes(StandardCharsets.UTF_8);
            if (bytes.length > LONGEST_TEXT) {
                throw new IllegalArgumentException("a text beyond 255 bytes");
            }
            out.write(bytes.length);
            out.writeBytes(bytes);
        } while (!words.isEmpty());
        return out.toByteArray();
    }

    /// Server, mail box and five numbers.
    private static ResourceRecord authority(String name, long ttl, Deque<String> words) {
        byte[] server = DomainNames.wire(DomainNames.normal(word(words, "a server")));
        byte[] mail = DomainNames.wire(DomainNames.normal(word(words, "a mail box")));
        ByteBuffer b = ByteBuffer.allocate(server.length + mail.length + 20).put(server).put(mail);
        for (int i = 0; i < 5; i++) {
            b.putInt((int) number(word(words, "a number"), 0xFFFFFFFFL));
        }
        return new ResourceRecord(name, RecordType.SOA, ResourceRecord.INTERNET, ttl, b.array());
    }

    private static long number(String text, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no number: " + text, e);
        }
        throw new IllegalArgumentException("beyond " + most + ": " + text);
    }

    private static String word(Deque<String> words, String what) {
        String word = words.poll();
        if (word == null) {
            throw new IllegalArgumentException(what + " is missing");
        }
        return word;
    }

    /// The words, quoted ones whole, without the brackets that let a record take several lines.
    private static Deque<String> words(String text) {
        Deque<String> all = new ArrayDeque<>();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c) || c == '(' || c == ')') {
                i++;
            } else if (c == '"') {
                int end = text.indexOf('"', i + 1);
                if (end < 0) {
                    throw new IllegalArgumentException("a quote without its end");
                }
                all.add(text.substring(i + 1, end));
                i = end + 1;
            } else {
                int end = i;
                while (end < text.length() && " \t\r\n()\"".indexOf(text.charAt(end)) < 0) {
                    end++;
                }
                all.add(text.substring(i, end));
                i = end;
            }
        }
        return all;
    }
}

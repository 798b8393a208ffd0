package io.k3j.dnsmessage;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.UnaryOperator;

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
        ResourceRecord record = record(name, ttl, next, words, DomainNames::normal);
        DomainNames.wire(name);
        return record;
    }

    /// By the type: all that follows in the text, as RDATA.
    ///
    /// @param names makes a whole name of one in the data
    static ResourceRecord record(String name, long ttl, String type, Deque<String> words, UnaryOperator<String> names) {
        ResourceRecord record = data(name, ttl, RecordType.number(type.toUpperCase(Locale.ROOT)), words, names);
        if (!words.isEmpty()) {
            throw new IllegalArgumentException("unexpected " + words.peek());
        }
        return record;
    }

    private static ResourceRecord data(String name, long ttl, int type, Deque<String> words,
            UnaryOperator<String> names) {
        return switch (type) {
            case RecordType.A, RecordType.AAAA -> {
                String text = word(words, "an address");
                byte[] address = DnsAddresses.literal(text)
                        .filter(a -> a.length == (type == RecordType.A ? 4 : 16))
                        .orElseThrow(() -> new IllegalArgumentException("no address: " + text));
                yield ResourceRecord.address(name, ttl, address);
            }
            case RecordType.CNAME, RecordType.NS, RecordType.PTR, RecordType.DNAME ->
                ResourceRecord.name(name, type, ttl, names.apply(word(words, "a name")));
            case RecordType.MX -> record(name, type, ttl, numbersAndName(words, 1, names));
            case RecordType.SRV -> record(name, type, ttl, numbersAndName(words, 3, names));
            case RecordType.TXT, RecordType.HINFO -> record(name, type, ttl, strings(words));
            case RecordType.CAA -> record(name, type, ttl, property(words));
            case RecordType.SOA -> record(name, type, ttl, authority(words, names));
            default -> throw new IllegalArgumentException("no text form of " + RecordType.name(type) + " here");
        };
    }

    private static ResourceRecord record(String name, int type, long ttl, byte[] data) {
        return new ResourceRecord(name, type, ResourceRecord.INTERNET, ttl, data);
    }

    /// MX has one number before its name, SRV three.
    private static byte[] numbersAndName(Deque<String> words, int count, UnaryOperator<String> names) {
        ByteBuffer numbers = ByteBuffer.allocate(2 * count);
        for (int i = 0; i < count; i++) {
            numbers.putShort((short) number(word(words, "a number"), 65_535));
        }
        byte[] target = DomainNames.wire(names.apply(word(words, "a name")));
        return ByteBuffer.allocate(2 * count + target.length).put(numbers.array()).put(target).array();
    }

    private static byte[] strings(Deque<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        do {
            byte[] bytes = string(words);
            out.write(bytes.length);
            out.writeBytes(bytes);
        } while (!words.isEmpty());
        return out.toByteArray();
    }

    /// A mark of quotes before it is none of its signs ([#words], [MasterFile]).
    private static byte[] string(Deque<String> words) {
        String word = word(words, "a text");
        String text = unescaped(word.startsWith("\"") ? word.substring(1) : word);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_TEXT) {
            throw new IllegalArgumentException("a text beyond 255 bytes");
        }
        return bytes;
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            boolean escape = text.charAt(i) == '\\' && i + 1 < text.length();
            out.append(text.charAt(escape ? ++i : i));
        }
        return out.toString();
    }

    /// Flags, tag and value (RFC 8659 §4.1).
    private static byte[] property(Deque<String> words) {
        int flags = (int) number(word(words, "flags"), 255);
        byte[] tag = string(words);
        byte[] value = string(words);
        return ByteBuffer.allocate(2 + tag.length + value.length).put((byte) flags).put((byte) tag.length).put(tag)
                .put(value).array();
    }

    /// Server, mail box and five numbers, of which the last four are times.
    private static byte[] authority(Deque<String> words, UnaryOperator<String> names) {
        byte[] server = DomainNames.wire(names.apply(word(words, "a server")));
        byte[] mail = DomainNames.wire(names.apply(word(words, "a mail box")));
        ByteBuffer b = ByteBuffer.allocate(server.length + mail.length + 20).put(server).put(mail);
        b.putInt((int) number(word(words, "a number"), 0xFFFFFFFFL));
        for (int i = 0; i < 4; i++) {
            b.putInt((int) MasterFile.seconds(word(words, "a number")));
        }
        return b.array();
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

    /// The words, quoted ones whole with the first mark, without the brackets that let a record take several lines.
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
                all.add(text.substring(i, end));
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

package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The examples of upstream's documentation of each library, and the language around them.
class ExpressionsTest {
    private static final String RESULTS = """
            1 + 1 => 2
            [1, 2, 3].map(x, x * 2) => [2, 4, 6]
            [1, 2, 3].filter(x, x % 2 == 1) => [1, 3]
            [1, 2, 3].exists_one(x, x == 2) => true
            {'a': 1}.c => ERROR: no such key: c
            has({'a': 1}.a) => true
            1 < 1.5 => true
            dyn(1) == dyn('a') => false
            dyn(1) == dyn(1.0) => true
            type(1) == int => true
            type(ip('1.2.3.4')) == net.IP => true
            'abc'.matches('^a.c$') => true
            [1, 2, 3, 4].slice(1, 3) => [2, 3]
            [1].slice(-1, 1) => ERROR: cannot slice(-1, 1), negative indexes not supported
            [1].slice(1, 0) => ERROR: cannot slice(1, 0), start index must be less than or equal to end index
            [1].slice(0, 2) => ERROR: cannot slice(0, 2), list is length 1
            [[1, 2], [3]].flatten() => [1, 2, 3]
            [[[1], [2]], [[3]]].flatten(2) == [1, 2, 3] && [[[1]]].flatten(1) == [[1]] => true
            [[1]].flatten(-1) => ERROR: level must be non-negative
            [3, 1, 2].sort() == [1, 2, 3] && ['b', 'a'].sort() == ['a', 'b'] && [b'b', b'a'].sort()[0] == b'a' => true
            dyn([dyn(1), dyn('a')]).sort() => ERROR: list elements must have the same type
            dyn([{}, {}]).sort() => ERROR: list elements must be comparable
            [{'n': 'b', 's': '2'}, {'n': 'a', 's': '9'}, {'n': 'c', 's': '1'}].sortBy(e, e.s).map(e, e.n) => [c, b, a]
            [-3, 1, 2].sortBy(e, -e * e) => [-3, 2, 1]
            [1, 1, 2, 3, 3].distinct() => [1, 2, 3]
            [{'a': 1}, {'a': 1}, {'a': 2}].distinct().size() => 2
            [1, 2, 3].reverse() => [3, 2, 1]
            lists.range(4) => [0, 1, 2, 3]
            lists.range(-1) => []
            [1, 2].first().value() + [1, 2].last().value() => 3
            [].first().hasValue() => false
            [optional.of(1), optional.none()].unwrapOpt() => [1]
            optional.unwrap([optional.of(1), optional.none()]) => [1]
            optional.of(1).optFlatMap(x, optional.of(x + 1)).value() => 2
            duration('1h30m') > duration('1h') => true
            timestamp('2024-01-01T00:00:00Z').getFullYear() => 2024
            string(timestamp('2024-01-01T00:00:00.5Z')) => 2024-01-01T00:00:00.5Z
            string(duration('90s')) => 90s
            ip('::1').isLoopback() => true
            ip('2001:db8::abcd').family() => 6
            ip('127.0.0.1').isUnspecified() => false
            ip('::').isUnspecified() => true
            ip('224.0.0.1').isLinkLocalMulticast() => true
            ip('169.254.169.254').isLinkLocalUnicast() => true
            ip('192.168.0.1').isGlobalUnicast() => true
            ip('255.255.255.255').isGlobalUnicast() => false
            string(ip('2001:DB8:0:0::0001')) => 2001:db8::1
            ip.isCanonical('127.0.0.1') => true
            ip.isCanonical('2001:DB8::1') => false
            ip('::ffff:1.2.3.4') => ERROR: IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed
            isIP('fe80::1%eth0') => false
            isIP('010.0.0.1') => false
            cidr('192.168.0.0/24').containsIP(ip('192.168.0.1')) => true
            cidr('192.168.0.0/24').containsIP('192.168.1.1') => false
            cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') => true
            cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.0/23')) => false
            cidr('192.168.0.0/24').ip() == ip('192.168.0.0') => true
            string(cidr('192.168.1.7/24').masked()) => 192.168.1.0/24
            cidr('::1/128').prefixLength() => 128
            isCIDR('192.168.0.0/33') => false
            quantity('1.5Gi').isGreaterThan(quantity('1G')) => true
            quantity('50k').add(20) == quantity('50020') => true
            quantity('50k').sub(quantity('20')).asApproximateFloat() => 49980.0
            quantity('100M').asInteger() => 100000000
            quantity('50.5').isInteger() => false
            quantity('99999999999999999999G').asInteger() => ERROR: cannot convert value to integer
            sign(quantity('-1')) => -1
            quantity('200M').compareTo(quantity('0.2G')) => 0
            isQuantity('abc') => false
            semver('1.2.3').isLessThan(semver('1.10.0')) => true
            semver('1.0.0-alpha.2').compareTo(semver('1.0.0-alpha.10')) => -1
            semver('1.0.0-rc.1').isLessThan(semver('1.0.0')) => true
            semver('v1.01', true).minor() => 1
            isSemver('v1.0') => false
            isSemver('1.02.3') => false
            url('https://user@example.com:80/path?k=v#f').getHost() => example.com:80
            url('https://[::1]:80/').getHostname() => ::1
            url('https://[::1]:80/').getPort() => 80
            url('/absolute-path').getScheme() => ''
            url('https://example.com/path with spaces/').getEscapedPath() => /path%20with%20spaces/
            url('https://example.com/p?k1=a&k2=b&k2=c').getQuery() => {k1: [a], k2: [b, c]}
            isURL('../relative-path') => false
            isURL('https://a:80/x') => true
            format.dns1123Label().validate('contains a space').hasValue() => true
            format.dns1123Label().validate('my-label-name').hasValue() => false
            format.dns1035LabelPrefix().validate('my-label-prefix-').hasValue() => false
            format.qualifiedName().validate('apiextensions.k8s.io/v1beta1').hasValue() => false
            format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue() => false
            format.byte().validate('aGVsbG8=').hasValue() => false
            format.date().validate('2021-13-01').value() => [invalid date]
            format.named('dns1123Label').value().validate('ok').hasValue() => false
            format.named('unknown').hasValue() => false
            [1, 3].isSorted() => true
            ['c', 'b'].isSorted() => false
            [duration('1m'), duration('2m')].sum() == duration('3m') => true
            [1, 5, 3].max() => 5
            ['b', 'a'].min() => a
            [1, 2, 2].indexOf(2) => 1
            [1, 2, 2].lastIndexOf(2) => 2
            sets.contains([1, 2, 3], [2]) => true
            sets.equivalent([1], [1, 1]) => true
            sets.intersects([1], [2]) => false
            'hello %s'.format(['bob']) => hello bob
            '%d %.2f %b %x'.format([dyn(12), dyn(3.14159), dyn(true), dyn(255)]) => 12 3.14 1 ff
            '%s'.format([[dyn('a'), dyn(1.5), dyn(null)]]) => ["a", 1.500000, null]
            '%s'.format([{'a': 1}]) => {"a":1}
            'a,b,c'.split(',') => [a, b, c]
            ['a', 'b'].join('-') => a-b
            'abc'.replace('', 'x') => xaxbxcx
            'abcabc'.replace('b', '', 1) => acabc
            'TacoCat'.lowerAscii() => tacocat
            'tacocat'.substring(4) => cat
            'tacocat'.charAt(3) => o
            'tacocat'.indexOf('c') => 2
            'abc 123 def 456'.findAll('[0-9]+') => [123, 456]
            'abc 123 def 456'.findAll('[0-9]+', 1) => [123]
            'abc 123'.find('[0-9]+') => 123
            'abc'.find('x') => ''
            optional.of(1).orValue(2) => 1
            optional.none().orValue(2) => 2
            {'a': {'b': 1}}.?a.?b.orValue(0) => 1
            {'a': 1}[?'b'].hasValue() => false
            [1][?0].value() => 1
            optional.of(3).optMap(x, x + 1).value() => 4
            optional.ofNonZeroValue('').hasValue() => false
            [1, ?optional.none()] => [1]
            [1, 2].transformList(i, v, i + v) => [1, 3]
            {'a': 1}.transformMap(k, v, v + 1) => {a: 2}
            [1, 2, 3].all(i, v, i < v) => true
            {'a': 1}.exists(k, v, k == 'a' && v == 1) => true
            1 / 0 => ERROR: division by zero
            1 % 0 => ERROR: modulus by zero
            9223372036854775807 + 1 => ERROR: integer overflow
            [1, 2][5] => ERROR: index out of bounds: 5
            int('x') => ERROR: strconv.ParseInt: parsing "x": invalid syntax
            true || (1 / 0 > 0) => true
            (1 / 0 > 0) || true => true
            (1 / 0 > 0) || false => ERROR: division by zero
            2 in [1, 2, 3] => true
            'a' in {'a': 1} => true
            b'abc' == bytes('abc') => true
            """;
    private static final String REFUSED = """
            x + 1 => compilation failed: ERROR: <input>:1:1: undeclared reference to 'x' (in container '')
            1 == 1.0 => compilation failed: ERROR: <input>:1:3: found no matching overload for '_==_' applied to
            [1, 'a'] => compilation failed: ERROR: <input>:1:5: expected type 'int' but found 'string'
            duration('x') => compilation failed: ERROR: <input>:1:10: invalid duration argument
            timestamp('x') => compilation failed: ERROR: <input>:1:11: invalid timestamp argument
            'abc'.matches('(') => compilation failed: ERROR: <input>:1:15: invalid matches argument
            1 + => compilation failed: ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting
            cel.bind(a, 1, a) => compilation failed: ERROR: <input>:1:1: undeclared reference to 'cel'
            'a'.reverse() => compilation failed: ERROR: <input>:1:12: found no matching overload for 'reverse' applied to 'string.()'
            """;

    static List<String> results() {
        return RESULTS.lines().toList();
    }

    static List<String> refused() {
        return REFUSED.lines().toList();
    }

    @ParameterizedTest
    @MethodSource("results")
    void anExpressionGivesWhatUpstreamDocuments(String line) {
        String[] parts = line.split(" => ", 2);
        assertThat(Tried.literal(parts[0])).isEqualTo(parts[1].equals("''") ? "" : parts[1]);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeCompiledIsToldInUpstreamsWords(String line) {
        String[] parts = line.split(" => ", 2);
        assertThat(Tried.literal(parts[0])).startsWith(parts[1]);
    }

    @Test
    void aResultOfAnotherTypeThanWantedIsRefused() {
        assertThat(Tried.CEL.environment(CelDeclarations.of(Map.of())).compile("1 + 1", CelType.Simple.BOOL,
                CelType.Simple.STRING)).isEqualTo(new CelCompilation.Failed("must evaluate to bool or string"));
    }
}

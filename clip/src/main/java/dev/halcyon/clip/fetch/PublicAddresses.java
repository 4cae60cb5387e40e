package dev.halcyon.clip.fetch;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public Internet from all others: IANA's special-purpose registries for
 * IPv4 and IPv6 (RFC 6890) and multicast. An IPv6 address that carries an IPv4 address through
 * translation (RFC 6052) is judged by that.
 */
final class PublicAddresses {
  /** A block of addresses: those that share the first bits with an address. */
  private record Block(byte[] address, int bits) {
    static Block of(String cidr) {
      int slash = cidr.indexOf('/');
      try {
        // An address in digits is parsed, not looked up.
        byte[] address = InetAddress.getByName(cidr.substring(0, slash)).getAddress();
        return new Block(address, Integer.parseInt(cidr.substring(slash + 1)));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(cidr, e);
      }
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      if (!Arrays.equals(address, 0, whole, other, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      return rest == 0 || ((address[whole] ^ other[whole]) & 0xFF) >> (8 - rest) == 0;
    }
  }

  private static final List<Block> NOT_PUBLIC_V4 =
      List.of(
          Block.of("0.0.0.0/8"), // this network
          Block.of("10.0.0.0/8"), // private
          Block.of("100.64.0.0/10"), // carrier-grade NAT
          Block.of("127.0.0.0/8"), // loopback
          Block.of("169.254.0.0/16"), // link-local, and the clouds' metadata services
          Block.of("172.16.0.0/12"), // private
          Block.of("192.0.0.0/24"), // protocol assignments
          Block.of("192.0.2.0/24"), // documentation
          Block.of("192.88.99.0/24"), // 6to4 relays
          Block.of("192.168.0.0/16"), // private
          Block.of("198.18.0.0/15"), // benchmarks
          Block.of("198.51.100.0/24"), // documentation
          Block.of("203.0.113.0/24"), // documentation
          Block.of("224.0.0.0/4"), // multicast
          Block.of("240.0.0.0/4")); // reserved, broadcast

  /** What is in use of the public Internet; all else is loopback, local, multicast or reserved. */
  private static final Block GLOBAL_V6 = Block.of("2000::/3");

  private static final List<Block> NOT_PUBLIC_V6 =
      List.of(
          Block.of("2001::/23"), // protocol assignments, Teredo, benchmarks
          Block.of("2001:db8::/32"), // documentation
          Block.of("2002::/16"), // 6to4, which carries any IPv4 address
          Block.of("3fff::/20")); // documentation

  private static final Block NAT64 = Block.of("64:ff9b::/96");

  private PublicAddresses() {}

  static boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    // Java turns IPv4-mapped IPv6 addresses into IPv4 ones itself.
    if (address instanceof Inet4Address) {
      return isPublicV4(bytes);
    }
    if (NAT64.contains(bytes)) {
      return isPublicV4(Arrays.copyOfRange(bytes, 12, 16));
    }
    return GLOBAL_V6.contains(bytes)
        && NOT_PUBLIC_V6.stream().noneMatch(block -> block.contains(bytes));
  }

  private static boolean isPublicV4(byte[] address) {
    return NOT_PUBLIC_V4.stream().noneMatch(block -> block.contains(address));
  }
}

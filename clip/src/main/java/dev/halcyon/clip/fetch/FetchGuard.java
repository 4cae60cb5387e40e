package dev.halcyon.clip.fetch;

import dev.halcyon.clip.RejectReason;
import dev.halcyon.clip.RejectedImageException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides where a fetch may go. An uploader names the URI, but the request comes from inside the
 * operator's network: without this, an upload could read what only the inside can reach
 * (server-side request forgery).
 */
final class FetchGuard {
  /** Turns a host name into its addresses. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /** A host resolves to an address that is not allowed. */
  static final class ForbiddenAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException(String host) {
      super(host);
    }
  }

  /**
   * Where a request goes; all of a URI that messages may carry.
   *
   * @param host in lower case, without a final dot; empty where the URI names none
   * @param port -1 for the scheme's own
   */
  record Target(String scheme, String host, int port) {
    /**
     * Authorities that {@link URI} gives no host for: names with an underscore, as containers have.
     */
    private static final Pattern LOOSE_AUTHORITY =
        Pattern.compile("([A-Za-z0-9._-]+)(?::(\\d{1,5}))?");

    static Target of(URI uri) {
      String scheme = lower(uri.getScheme());
      if (uri.getHost() != null) {
        return new Target(scheme, normalized(uri.getHost()), uri.getPort());
      }
      String authority = uri.getRawAuthority();
      Matcher loose = LOOSE_AUTHORITY.matcher(authority == null ? "" : authority);
      if (!loose.matches()) {
        return new Target(scheme, "", -1);
      }
      int port = loose.group(2) == null ? -1 : Integer.parseInt(loose.group(2));
      return new Target(scheme, normalized(loose.group(1)), port);
    }

    @Override
    public String toString() {
      return scheme + "://" + host + (port < 0 ? "" : ":" + port);
    }
  }

  private final FetchSettings settings;
  private final Resolver resolver;

  FetchGuard(FetchSettings settings, Resolver resolver) {
    this.settings = settings;
    this.resolver = resolver;
  }

  /**
   * Checks scheme and host, before anything is looked up.
   *
   * @return where the request goes
   * @throws RejectedImageException FETCH_FORBIDDEN
   */
  Target check(URI uri) {
    Target target = Target.of(uri);
    if (!settings.allowedSchemes().contains(target.scheme)) {
      throw forbidden(
          "the scheme %s is not allowed, only %s"
              .formatted(target.scheme, settings.allowedSchemes().stream().sorted().toList()));
    }
    if (uri.getRawUserInfo() != null
        || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
      throw forbidden("the URI carries a user name or password, which is not allowed");
    }
    if (target.host.isEmpty()) {
      throw forbidden("the URI names no host; write names beyond ASCII as xn--");
    }
    if (!settings.allowedHosts().isEmpty() && !settings.names(target.host)) {
      throw forbidden("the host " + target.host + " is not among allowedHosts");
    }
    return target;
  }

  /**
   * Resolves a host for a connection, which must use these very addresses and look nothing up
   * itself: a name that resolves differently the next time then gains nothing.
   *
   * @throws ForbiddenAddressException if any of its addresses is not allowed
   * @throws UnknownHostException if it has none
   */
  InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = resolver.resolve(host);
    if (addresses.length == 0) {
      throw new UnknownHostException(host);
    }
    if (settings.allowPrivateAddresses() && settings.names(normalized(host))) {
      return addresses;
    }
    for (InetAddress address : addresses) {
      if (!PublicAddresses.contains(address)) {
        throw new ForbiddenAddressException(host);
      }
    }
    return addresses;
  }

  private static String normalized(String host) {
    String name = lower(host);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static String lower(String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }

  static RejectedImageException forbidden(String detail) {
    return new RejectedImageException(RejectReason.FETCH_FORBIDDEN, detail);
  }
}
